import { EVENTS, type CliUpEvent } from '@holdfast/shared/protocol/events'
import { releasedAgentState } from '@holdfast/shared/protocol/released/agent-state'
