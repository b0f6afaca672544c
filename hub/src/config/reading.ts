/** What a setting says, or what is wrong with its text: the rest of a sentence that begins with the setting's name. */
export type Reading<Value> = { readonly value: Value } | { readonly mistake: string }
