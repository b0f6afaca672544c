const PREFIX = 'holdfastd_'

/** The dot stands in neither part, so that a text can be read in one way only. */
const FORM = /^holdfastd_([A-Za-z0-9_-]{1,128})\.([A-Za-z0-9_-]{43})$/

/** The two parts of a device's token: which device it says it is, and what proves it. */
export interface DeviceToken {
  readonly device: string
  /** 256 random bits in base64url. */
  readonly secret: string
}

export function writeDeviceToken({ device, secret }: DeviceToken): string {
  return `${PREFIX}${device}.${secret}`
}

export function readDeviceToken(text: string): DeviceToken | null {
  const [, device, secret] = FORM.exec(text) ?? []
  return device === undefined || secret === undefined ? null : { device, secret }
}

/** Whether a text is meant to be a device's token, whole or not. */
export function isDeviceToken(text: string): boolean {
  return text.startsWith(PREFIX)
}
