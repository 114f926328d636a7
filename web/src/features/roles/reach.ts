// What a user's profile and permission sets mean together, as the server reckons it: of every right the widest that one of them gives.
import type { FieldRight, RecordScope, Role, RoleObjectRights } from '../../api/types.ts'

export const scopes = ['own', 'team', 'team_and_below', 'all'] as const
export const systemRights = ['import', 'export', 'view_audit'] as const
export const recordRights = ['read', 'create', 'edit', 'delete'] as const

/** Only administrators write these, whatever a role says: who is in which team, position or group decides what is seen. */
const administered = [
  'user',
  'team',
  'position',
  'public_group',
  'group_member',
  'territory',
  'territory_member',
]
export const isAdministered = (object: string) => administered.includes(object)

/** Whose records a right covers; null for nobody's. */
type Reach = RecordScope | null

export type ObjectReach = Record<(typeof recordRights)[number], Reach>

export interface FieldReach {
  read: Reach
  /** Whether the value is seen in part where it is not read. */
  masked: boolean
  edit: Reach
}

const nobodys: ObjectReach = { read: null, create: null, edit: null, delete: null }
const everybodys: ObjectReach = { read: 'all', create: 'all', edit: 'all', delete: 'all' }
const open: FieldReach = { read: 'all', masked: false, edit: 'all' }
const closed: FieldReach = { read: null, masked: false, edit: null }

const place = (scope: Reach) => (scope === null ? -1 : scopes.indexOf(scope))
const wider = (left: Reach, right: Reach): Reach => (place(left) >= place(right) ? left : right)

/** The profile and the permission sets of a user; none count without a profile. */
export function rolesOf(all: Role[], profile: unknown, sets: unknown): Role[] {
  const named = (name: unknown, kind: Role['kind']) =>
    all.find((role) => role.name === name && role.kind === kind)
  const first = named(profile, 'profile')
  const others = Array.isArray(sets) ? sets.map((name) => named(name, 'permission_set')) : []
  return first ? [first, ...others.filter((role) => role !== undefined)] : []
}

const isAdministrator = (roles: Role[]) => roles[0]?.administrator === true

export const maySystem = (roles: Role[], right: (typeof systemRights)[number]): boolean =>
  isAdministrator(roles) || roles.some((role) => role[right] === true)

/** The rights a role gives on an object: its own, or those of all that are not named. */
export const rightsOn = (objects: Role['objects'], object: string): RoleObjectRights =>
  objects?.[object] ?? objects?.['*'] ?? {}

function reachOfRights(rights: RoleObjectRights, setting: RecordScope): ObjectReach {
  const own = rights.scope === undefined || rights.scope === 'setting' ? setting : rights.scope
  const scope = wider(own, setting)
  const when = (allowed: boolean | undefined, all: boolean | undefined) =>
    allowed ? (all ? 'all' : scope) : null
  return {
    read: when(rights.read, rights.view_all || rights.modify_all),
    create: when(rights.create, rights.modify_all),
    edit: when(rights.edit, rights.modify_all),
    delete: when(rights.delete, rights.modify_all),
  }
}

/** With whose records of an object what may be done. `setting` is what the organisation lets everyone see. */
export function objectReach(roles: Role[], object: string, setting: RecordScope): ObjectReach {
  if (isAdministrator(roles)) return everybodys
  const reach = roles
    .map((role) => reachOfRights(rightsOn(role.objects, object), setting))
    .reduce(
      (left, right) => ({
        read: wider(left.read, right.read),
        create: wider(left.create, right.create),
        edit: wider(left.edit, right.edit),
        delete: wider(left.delete, right.delete),
      }),
      nobodys,
    )
  return isAdministered(object) ? { ...nobodys, read: reach.read } : reach
}

function reachOfField({ access, scope = 'all' }: FieldRight): FieldReach {
  return {
    read: access === 'read' || access === 'edit' ? scope : null,
    masked: access !== 'hidden',
    edit: access === 'edit' ? scope : null,
  }
}

/** What may be done with a field, as far as its record allows. What the profile does not say is open; a set only opens. */
export function fieldReach(roles: Role[], object: string, field: string): FieldReach {
  const [profile, ...sets] = roles
  if (!profile) return closed
  const of = (role: Role) => {
    const right = role.fields?.[object]?.[field]
    return right ? reachOfField(right) : null
  }
  if (profile.administrator) return open
  return sets
    .map(of)
    .filter((reach) => reach !== null)
    .reduce(
      (left, right) => ({
        read: wider(left.read, right.read),
        masked: left.masked || right.masked,
        edit: wider(left.edit, right.edit),
      }),
      of(profile) ?? open,
    )
}

/** The fields that the roles of either user say something of, by object. */
export function namedFields(roles: Role[]): Array<{ object: string; field: string }> {
  const names = roles.flatMap((role) =>
    Object.entries(role.fields ?? {}).flatMap(([object, fields]) =>
      Object.keys(fields).map((field) => `${object}.${field}`),
    ),
  )
  return [...new Set(names)].sort().map((name) => {
    const [object = '', field = ''] = name.split('.')
    return { object, field }
  })
}

/** Whether two answers mean the same. A part of a value is only seen where it is not read in full. */
export function sameField(left: FieldReach, right: FieldReach): boolean {
  const part = (reach: FieldReach) => reach.masked && reach.read !== 'all'
  return left.read === right.read && left.edit === right.edit && part(left) === part(right)
}
