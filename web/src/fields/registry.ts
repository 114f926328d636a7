// Every field type by its name in the metadata. A new type is one folder and one line here.
import './fields.css'
import type { LiteralKind } from '../lib/soql.ts'
import { address } from './address/index.ts'
import { boolean } from './boolean/index.ts'
import { date } from './date/index.ts'
import { dateTime } from './date_time/index.ts'
import { decimal } from './decimal/index.ts'
import { duration } from './duration/index.ts'
import { email } from './email/index.ts'
import { file } from './file/index.ts'
import { fileKind } from './file_kind/index.ts'
import { fileSize } from './file_size/index.ts'
import { integer } from './integer/index.ts'
import { json } from './json/index.ts'
import { longText } from './long_text/index.ts'
import { lookup } from './lookup/index.ts'
import { money } from './money/index.ts'
import { multiPicklist } from './multi_picklist/index.ts'
import { percent } from './percent/index.ts'
import { phone } from './phone/index.ts'
import { picklist } from './picklist/index.ts'
import { rating } from './rating/index.ts'
import { richText } from './rich_text/index.ts'
import { tags } from './tags/index.ts'
import { text } from './text/index.ts'
import type { FieldType } from './types.ts'
import { url } from './url/index.ts'

const types: Record<string, FieldType> = {
  text,
  auto_number: text,
  long_text: longText,
  rich_text: richText,
  email,
  url,
  phone,
  picklist,
  multi_picklist: multiPicklist,
  tags,
  integer,
  decimal,
  percent,
  money,
  boolean,
  date,
  date_time: dateTime,
  duration,
  rating,
  address,
  lookup,
  user: lookup,
  file,
  file_kind: fileKind,
  file_size: fileSize,
  json,
}

/** The type of a field; one that this version does not know is shown as text. */
export function fieldType(name: string): FieldType {
  return types[name] ?? text
}

/** How values of a path are written in a query: known for the object's own fields, quoted for paths. */
export function literalKinds(fields: Array<{ name: string; type: string }>) {
  const kinds = new Map(fields.map((field) => [field.name, fieldType(field.type).literal]))
  return (path: string): LiteralKind => kinds.get(path) ?? 'string'
}
