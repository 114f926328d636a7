// Short names for the shapes of the generated client; the one place to absorb a change of naming.
import type { Filter, SortKey } from '../lib/filter.ts'
import type { components, operations } from './generated.ts'

type Schemas = components['schemas']

export type Me = Schemas['Me']
export type ObjectSummary = Schemas['ObjectSummary']
export type Field = Schemas['Field']
export type RelatedList = Schemas['RelatedList']
export type Change = Schemas['Change']
export type TimelineItem = Schemas['TimelineItem']
export type Job = Schemas['Job']
export type FilePreview = Schemas['FilePreview']
export type Notification = Schemas['Notification']
export type Import = Schemas['Import']
export type ImportColumn = Schemas['ImportColumn']
export type ImportResult = Schemas['ImportResult']
export type BulkEditPreview = Schemas['BulkEditPreview']
export type BulkEditRequest = Omit<Schemas['BulkEditRequest'], 'values'> & { values: RecordData }
export type Mapping = Schemas['Mapping']
export type MappingFile = Schemas['MappingFile']
export type PreviewRow = Schemas['PreviewRow']
export type Problem = Schemas['Problem']
export type AccessAnswer = Schemas['AccessAnswer']
export type AccessStep = Schemas['AccessStep']
export type UserSession = Schemas['UserSession']
export type ApiToken = Schemas['ApiToken']
export type PasskeyAssertion = Schemas['PasskeyAssertion']
export type NewToken = Schemas['NewToken']
export type SignInPolicy = Schemas['SignInPolicy']
export type OrganisationUpdate = Schemas['UpdateOrganisation']
export type Role = Schemas['Role']
export type RoleDefinition = Schemas['RoleDefinition']
export type RoleKind = Schemas['RoleKind']
export type RoleObjectRights = Schemas['RoleObjectRights']
export type FieldRight = Schemas['FieldRight']
export type RecordScope = Schemas['RecordScope']
export type Sharing = Schemas['Sharing']
export type SharingDefinition = Schemas['SharingDefinition']
export type SharingRule = Schemas['SharingRule']
export type RecordShare = Schemas['RecordShare']
export type ShareAccess = Schemas['ShareAccess']
export type ShareTerms = Schemas['ShareTerms']
export type SearchHit = Schemas['SearchHit']
export type SearchPiece = Schemas['SearchPiece']

export type AuditEntry = Schemas['AuditEntry']
/** What an entry of the audit log may tell of. */
export type AuditKind = NonNullable<NonNullable<operations['audit_entries']['parameters']['query']>['kind']>
export type AuditPosting = Schemas['AuditPosting']

/** Which entries of the audit log: in the address of its page. */
export interface AuditSearch {
  user?: string
  kind?: string
  object?: string
  record?: string
  /** Days of the user's calendar, both included. */
  from?: string
  to?: string
}

/** A record: values by field name. */
export type RecordData = Record<string, unknown>

export type View = Omit<Schemas['View'], 'filter' | 'sort'> & { filter?: Filter | null; sort: SortKey[] }
export type NewView = Omit<Schemas['NewView'], 'filter' | 'sort'> & {
  filter?: Filter | null
  sort: SortKey[]
}
export type ObjectDetail = Omit<Schemas['ObjectDetail'], 'views'> & { views: View[] }

export interface Page {
  records: RecordData[]
  next: string | null
}

export const idOf = (record: RecordData): string => String(record.id ?? '')
