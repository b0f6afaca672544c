import { HoldfastError } from '../../errors/holdfast-error.ts'

/** Where a hub is: a scheme, a host and a port, and nothing else. */
export function hubUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:'))
    throw new HoldfastError('settings_invalid', "The hub's URL must be like http://127.0.0.1:4006.")
  if (url.username !== '' || url.password !== '')
    throw new HoldfastError('settings_invalid', "The hub's URL holds a password; give the token on its own.")
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '')
    throw new HoldfastError('settings_invalid', "The hub's URL must end after the host and the port.")
  return url
}
