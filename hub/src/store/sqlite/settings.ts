import type { Refusal } from '@holdfast/shared/errors/holdfast-error'
import type { SessionSettings } from '@holdfast/shared/protocol/session-settings'
import { readSettings } from '../requests.ts'
import type { SessionKey, UpdateSettings } from '../store.ts'
import type { KnownSession } from './catalog.ts'
import type { StoreCore } from './core.ts'
import { SESSION_NOT_FOUND } from './session-not-found.ts'
import { changesSettings, settingsOf, settingsText } from './settings-text.ts'

/** A row of settings is some hundred bytes. */
const BYTES = 1024

/**
 * What sessions are set to. Clients say it again with every sign of life, so what is stored already is answered without
 * a transaction.
 */
export class Settings {
  readonly #core: StoreCore
  /** Writes on their way. Only while there is none is what is stored what will be there. */
  #waiting = 0

  constructor(core: StoreCore) {
    this.#core = core
  }

  async update(request: UpdateSettings): Promise<{ readonly changed: boolean } | Refusal> {
    const read = readSettings(request.settings)
    if (read.kind === 'refused') return read
    const said = read.settings
    if (await this.#core.read(() => this.#isThere(request, said))) return { changed: false }
    try {
      return await this.#core.write(() => this.#write(request, said), BYTES)
    } finally {
      this.#waiting -= 1
    }
  }

  /** Where it is not, it counts as on its way from here on, so that nothing that comes after it overtakes it. */
  #isThere(key: SessionKey, said: SessionSettings): boolean {
    const known = this.#core.catalog.session(key.namespace, key.session)
    if (this.#waiting === 0 && known !== undefined && !changesSettings(this.#stored(known), said)) return true
    this.#waiting += 1
    return false
  }

  #write(key: SessionKey, said: SessionSettings): { readonly changed: boolean } | Refusal {
    const known = this.#core.catalog.session(key.namespace, key.session)
    if (known === undefined) return SESSION_NOT_FOUND
    const stored = this.#stored(known)
    if (!changesSettings(stored, said)) return { changed: false }
    this.#core.sql.get(UPSERT_SETTINGS).run(known.key, settingsText(stored, said))
    return { changed: true }
  }

  #stored({ key }: KnownSession): SessionSettings {
    const row = this.#core.sql
      .get('select value from session_settings where session = ?')
      .get<{ value: string }>(key)
    return settingsOf(row?.value ?? null)
  }
}

const UPSERT_SETTINGS = `
  insert into session_settings (session, value) values (?, ?)
  on conflict (session) do update set value = excluded.value`
