import {
  SESSION_SETTINGS,
  sessionSettings,
  type SessionSettings,
} from '@holdfast/shared/protocol/session-settings'

const NAMES = Object.keys(SESSION_SETTINGS) as (keyof SessionSettings)[]

/** Settings are said again every few seconds: text that makes no sense is nothing said, and the next one replaces it. */
export function settingsOf(text: string | null): SessionSettings {
  if (text === null) return {}
  const parsed = sessionSettings.safeParse(jsonOrNull(text))
  return parsed.success ? onlySaid(parsed.data) : {}
}

/** Whether anything that is said differs from what is stored. Every setting is a text or null. */
export function changesSettings(stored: SessionSettings, said: SessionSettings): boolean {
  return NAMES.some((name) => said[name] !== undefined && said[name] !== stored[name])
}

/** What is stored, with what is said over it. */
export function settingsText(stored: SessionSettings, said: SessionSettings): string {
  return JSON.stringify({ ...stored, ...onlySaid(said) })
}

function onlySaid(settings: SessionSettings): SessionSettings {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined))
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // No settings are null, so the schema refuses it as it refuses any other text that is none.
    return null
  }
}
