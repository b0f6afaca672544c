import type { Reason } from './reasons.ts'

/** A reason in words, for somebody who has never heard of it. Each is whole sentences; `happened` and `todo` are one. */
export interface ReasonText {
  readonly title: string
  readonly happened: string
  /** Why that speaks against a resume. */
  readonly why: string
  readonly todo: string
}

export const REASON_TEXTS: Readonly<Record<Reason, ReasonText>> = {
  no_token: {
    title: 'No token',
    happened: 'No resume token of this agent is on record for the session.',
    why: 'A conversation is resumed by the id that its agent gave it, and nobody has told the hub that id.',
    todo: 'Begin a new conversation, or give the session the id of a transcript that is still on its machine.',
  },
  token_provisional: {
    title: 'Token provisional',
    happened:
      'The token is provisional: nobody has seen its transcript on disk, and no run that carried it ended in success.',
    why: 'Some agents announce an id before they have stored anything under it, and such an id can not be resumed.',
    todo: 'Look whether the transcript is on the disk of its machine; if it is, accept this and resume.',
  },
  token_quarantined: {
    title: 'Token quarantined',
    happened: 'The token is quarantined: its own agent said that it does not know this conversation.',
    why: 'It was asked on the machine, in the runtime and in the directory of the token, so the next attempt would fail too. The token is kept.',
    todo: 'Begin a new conversation, or, if a transcript with at least one turn is on disk, lift the quarantine.',
  },
  token_cleared: {
    title: 'Token cleared',
    happened: 'The token of the session was cleared.',
    why: 'Somebody said that this conversation is not to be continued, for example with a command such as /clear.',
    todo: 'Begin a new conversation, or put the token back from the token history of the session.',
  },
  token_damaged: {
    title: 'Token damaged',
    happened: 'A token of the session is there, and what is stored of it can not be read.',
    why: 'The bytes are kept as they are and nothing is guessed from them, since a guess may bring back the wrong conversation.',
    todo: 'Rebind the token that the token history shows to another session, or restore a backup from before the damage.',
  },
  token_shared: {
    title: 'Token shared',
    happened: 'Another session holds the same token.',
    why: 'Both would continue one and the same conversation, and each would see turns that it knows nothing of.',
    todo: 'Decide which of the sessions is to continue the conversation, and resume only that one.',
  },
  run_in_progress: {
    title: 'In use',
    happened: 'A run is in this conversation now.',
    why: 'Two agents in one conversation overwrite each other, and some lose a turn without a word.',
    todo: 'Wait until that run has ended, or end it, and ask again.',
  },
  run_interrupted: {
    title: 'Last run interrupted',
    happened: 'The last run with this token was interrupted.',
    why: 'It ended without a word, so a plan may be carried out in half, and a program would go on with it blindly.',
    todo: 'Look at what was left half done, then accept this and resume, or begin a new conversation.',
  },
  run_cancelled: {
    title: 'Last run cancelled',
    happened: 'The last run with this token was cancelled.',
    why: 'Somebody stopped it, so a plan may be carried out in half, and it may have been stopped for good reason.',
    todo: 'Find out why it was stopped, then accept this and resume, or begin a new conversation.',
  },
  run_failed: {
    title: 'Last run failed',
    happened: 'The last run with this token failed.',
    why: 'What made it fail may still be there, or in the conversation itself, and then the next run fails as well.',
    todo: 'Look at how that run ended, then accept this and resume, or begin a new conversation.',
  },
  run_missing: {
    title: 'No run on record',
    happened: 'No ended run with this token is on record.',
    why: 'How the conversation was left is not known: its last run may have been killed before it could say so.',
    todo: 'Look at how the conversation was left, then accept this and resume, or begin a new conversation.',
  },
  runtime_changed: {
    title: 'Another runtime',
    happened: 'The token was made in another runtime than the one that asks.',
    why: 'A runtime is a machine, an agent, its configuration directory and its account; an agent does not find a conversation of another runtime. The working directory can be used all the same.',
    todo: 'Resume in the runtime of the token, or take it over by accepting this, or begin a new conversation.',
  },
  runtime_unknown: {
    title: 'Runtime unknown',
    happened: 'It is not known whether the token belongs to the runtime that asks.',
    why: 'An agent does not find a conversation of another configuration directory or account, and here nothing says which one it was.',
    todo: 'Make sure that it is the same configuration directory and account, then accept this and resume.',
  },
  machine_changed: {
    title: 'Another machine',
    happened: 'The token was made on another machine than the one that asks.',
    why: 'The conversation lies on the disk of the machine where it was made. Machines are told apart by their ids; the same host name proves nothing.',
    todo: 'Resume on the machine of the token, or, if its transcript was brought here, take it over by accepting this.',
  },
  machine_unknown: {
    title: 'Machine unknown',
    happened: 'The machine on which the token was made is not on record.',
    why: 'The conversation lies on the disk of one machine, and nothing says on which.',
    todo: 'Make sure that the transcript is on the machine where it will be resumed, then accept this and resume.',
  },
  directory_absent: {
    title: 'Directory gone',
    happened: 'The working directory is not there any more.',
    why: 'A resume never creates a directory: in an empty one the agent would not find what the conversation is about.',
    todo: 'Bring the directory back and have it looked at again, or begin a new conversation.',
  },
  directory_unknown: {
    title: 'Directory not seen',
    happened: 'It is not known whether the working directory is still there.',
    why: 'Nobody on its machine has looked, or the look gave no answer; that is not the same as absent.',
    todo: 'Have its machine look, or accept this and resume.',
  },
  config_dir_unusable: {
    title: 'Configuration directory unusable',
    happened:
      'The transcript could not be looked for, because the configuration directory of the agent is not usable.',
    why: 'Agents keep their conversations in that directory: one that can not be read and written hides them, and one that is not kept loses them.',
    todo: 'See that the directory exists, can be read and written, and outlives a restart; then have it looked at again.',
  },
  transcript_absent: {
    title: 'Transcript gone',
    happened: 'The transcript of the conversation is not on disk, or has not a single turn.',
    why: 'The agent would have nothing to resume. Many agents delete old transcripts by themselves.',
    todo: 'Bring the transcript back from a backup and have it looked for again, or begin a new conversation.',
  },
  transcript_unknown: {
    title: 'Transcript not seen',
    happened: 'It is not known whether the transcript of the conversation is still on disk.',
    why: 'Nobody on its machine has looked, or the look gave no answer; that is not the same as absent.',
    todo: 'Have its machine look, or accept this and resume: the agent says whether it knows the conversation.',
  },
  transcript_ambiguous: {
    title: 'More than one transcript',
    happened: 'More than one transcript on disk fits the token.',
    why: 'They may be different conversations, and a guess may bring back the wrong one. Holdfast moves and deletes none.',
    todo: 'Find out which one is meant, put the others elsewhere, and have it looked at again.',
  },
  unknown_flavor: {
    title: 'Unknown agent',
    happened: 'The agent of the session is not one that this version of Holdfast knows.',
    why: 'An agent that is not known is never taken for another one, which could do nothing with its token.',
    todo: 'Set the flavor of the session to the agent that it belongs to, or update Holdfast.',
  },
  identity_mismatch: {
    title: 'Wrong conversation',
    happened: 'The last run asked for this token, and its agent loaded another conversation.',
    why: 'The agent was ended, since it would have gone on in the wrong conversation. The token is kept.',
    todo: 'Look at what the agent has on disk, then accept this and resume, or begin a new conversation.',
  },
  agent_rejected: {
    title: 'Not known elsewhere',
    happened:
      'The agent said that it does not know this conversation, but it was asked elsewhere than where the token was made.',
    why: 'Some agents say so of conversations that they have, when they are asked on another machine, in another runtime or from another directory. So it proves nothing.',
    todo: 'Resume on the machine, in the runtime and in the directory of the token, or accept this and try.',
  },
}
