// What to do when somebody else saved first: both values of each field in dispute, side by side.
import { useTranslation } from 'react-i18next'
import type { ObjectDetail, RecordData } from '../../api/types.ts'
import { Button } from '../../ui/button.tsx'
import { fieldsByName } from '../meta.ts'
import { DisputedValue } from './disputed_value.tsx'

interface ConflictProps {
  meta: ObjectDetail
  names: string[]
  mine: RecordData
  theirs: RecordData
  onUseTheirs: (names: string[]) => void
}

export function ConflictNotice({ meta, names, mine, theirs, onUseTheirs }: ConflictProps) {
  const { t } = useTranslation()
  const fields = fieldsByName(meta)
  return (
    <div className="banner banner-warn conflict" role="alert">
      <strong>{t('record.conflictTitle')}</strong>
      <p>{t('record.conflictWhy')}</p>
      {names.length > 0 && (
        <table>
          <thead>
            <tr>
              <th scope="col">{t('filter.field')}</th>
              <th scope="col">{t('record.conflictMine')}</th>
              <th scope="col">{t('record.conflictTheirs')}</th>
              <td />
            </tr>
          </thead>
          <tbody>
            {names.map((name) => {
              const field = fields.get(name)
              return (
                field && (
                  <tr key={name}>
                    <th scope="row">{field.label}</th>
                    <td>
                      <DisputedValue field={field} record={mine} />
                    </td>
                    <td>
                      <DisputedValue field={field} record={theirs} />
                    </td>
                    <td>
                      <Button small onClick={() => onUseTheirs([name])}>
                        {t('record.useTheirs')}
                      </Button>
                    </td>
                  </tr>
                )
              )
            })}
          </tbody>
        </table>
      )}
    </div>
  )
}
