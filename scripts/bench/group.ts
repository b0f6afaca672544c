/** Variants that take their rounds in turn, so that whatever else the machine does hits all of them alike. */
export interface Group<Variant> {
  readonly name: string
  readonly title: string
  readonly about: string
  readonly members: readonly Member<Variant>[]
}

export interface Member<Variant> {
  readonly variant: Variant
  /** Those that are read together. */
  readonly block: string
  /** Other members that it is held against, each with the word for it. */
  readonly against: readonly { readonly word: string; readonly name: string }[]
}
