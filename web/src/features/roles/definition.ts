// Changing the definition of a role: rights that need one another, rows that inherit, fields that are named or not.
import type {
  FieldRight,
  ObjectDetail,
  Role,
  RoleDefinition,
  RoleKind,
  RoleObjectRights,
} from '../../api/types.ts'

export const objectRights = ['read', 'create', 'edit', 'delete', 'view_all', 'modify_all'] as const
export type ObjectRight = (typeof objectRights)[number]

/** The rights on all objects that are not named. */
export const others = '*'

export interface Labels {
  zh: string
  en: string
}

/** What is written of a role: without what is only known of its use, and without a description of blanks. */
export function definitionOf({ users, standard, editable, ...definition }: Role): RoleDefinition {
  const described = definition.description?.zh || definition.description?.en
  return described ? definition : { ...definition, description: undefined }
}

/** Ticks or unticks a right, and with it those that make no sense otherwise. */
export function withRight(rights: RoleObjectRights, right: ObjectRight, on: boolean): RoleObjectRights {
  if (!on && right === 'read') return rights.scope ? { scope: rights.scope } : {}
  if (!on && right === 'view_all') return { ...rights, view_all: false, modify_all: false }
  if (!on) return { ...rights, [right]: false }
  const next = { ...rights, read: true, [right]: true }
  return right === 'modify_all' ? { ...next, view_all: true } : next
}

/** The definition with other rights on an object; undefined lets it inherit those of all others. */
export function withObject<T extends RoleDefinition>(
  role: T,
  object: string,
  rights: RoleObjectRights | undefined,
): T {
  const { [object]: _, ...rest } = role.objects ?? {}
  return { ...role, objects: rights ? { ...rest, [object]: rights } : rest }
}

/** The definition with another right on a field; undefined leaves it unsaid. */
export function withField<T extends RoleDefinition>(
  role: T,
  object: string,
  field: string,
  right: FieldRight | undefined,
): T {
  const { [object]: fields = {}, ...objects } = role.fields ?? {}
  const { [field]: _, ...rest } = fields
  const next = right ? { ...rest, [field]: right } : rest
  const all = Object.keys(next).length > 0 ? { ...objects, [object]: next } : objects
  return { ...role, fields: Object.keys(all).length > 0 ? all : undefined }
}

/** The fields that a role can say something of; the others are as open as their record. */
export function restrictable({ fields, name_field, stage }: ObjectDetail) {
  const open = [name_field, stage?.stage_field, stage?.pipeline_field]
  return fields.filter((field) => !field.system && !open.includes(field.name))
}

/** What of a label can stand in an API name; empty when nothing can. */
export const slugOf = (label: string): string =>
  label
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, ' ')
    .trim()
    .slice(0, 32)
    .trim()
    .replaceAll(' ', '_')

/** A free API name made of the English label. */
export function apiName(label: string, taken: ReadonlySet<string>): string {
  const base = `x_${slugOf(label) || 'role'}`
  let name = base
  for (let number = 2; taken.has(name); number += 1) name = `${base}_${number}`
  return name
}

/** A role that begins with the rights of another, or with none. */
export function newRole(
  kind: RoleKind,
  name: string,
  label: Labels,
  description: Labels,
  from?: Role,
): RoleDefinition {
  const { objects, fields, import: imports, export: exports, view_audit } = from ?? {}
  const described = description.zh || description.en
  return {
    name,
    kind,
    label,
    ...(described && { description }),
    objects,
    fields,
    import: imports,
    export: exports,
    view_audit,
  }
}

/** A text that is the same for two definitions that say the same. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner) =>
    inner && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(
          Object.entries(inner)
            .filter(([, part]) => part !== undefined && part !== false)
            .sort(([left], [right]) => (left < right ? -1 : 1)),
        )
      : inner,
  )
}

export const isSame = (left: unknown, right: unknown): boolean => canonical(left) === canonical(right)

/** The objects on which, or on whose fields, two states of a role differ. */
export function changedObjects(left: RoleDefinition, right: RoleDefinition): string[] {
  const names = [left.objects, left.fields, right.objects, right.fields].flatMap((part) =>
    Object.keys(part ?? {}),
  )
  return [...new Set(names)].filter(
    (name) =>
      !isSame(left.objects?.[name], right.objects?.[name]) ||
      !isSame(left.fields?.[name], right.fields?.[name]),
  )
}
