// Changing language, theme and density: at once on screen, then kept with the user, then the server's labels read again.
import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { updateMe } from '../../api/commands.ts'
import { meQuery } from '../../api/queries.ts'
import type { Me } from '../../api/types.ts'
import { type Density, setDensity } from '../../lib/density.ts'
import { currentLanguage, type Language, setLanguage } from '../../lib/i18n.ts'
import { setTheme, type Theme } from '../../lib/theme.ts'
import { useErrorToast } from '../../records/writes.ts'

export function usePreferences() {
  const client = useQueryClient()
  const onError = useErrorToast()
  /** Whether it was kept. */
  const keep = async (change: Partial<Pick<Me, 'language' | 'theme' | 'density' | 'time_zone'>>) => {
    try {
      client.setQueryData(meQuery.queryKey, await updateMe(change))
      return true
    } catch (error) {
      onError(error)
      return false
    }
  }
  return {
    changeLanguage: async (language: Language) => {
      await setLanguage(language)
      const kept = await keep({ language })
      await client.invalidateQueries()
      return kept
    },
    changeTheme: (theme: Theme) => {
      setTheme(theme)
      return keep({ theme })
    },
    changeDensity: (density: Density) => {
      setDensity(density)
      return keep({ density })
    },
    changeTimeZone: (timeZone: string) => keep({ time_zone: timeZone }),
  }
}

/** Follows what the same user chose in another browser, once it is known here. */
export function useFollowPreferences({ theme, density, language }: Partial<Me>) {
  const client = useQueryClient()
  useEffect(() => {
    if (theme) setTheme(theme)
  }, [theme])
  useEffect(() => {
    if (density) setDensity(density)
  }, [density])
  useEffect(() => {
    if (!language || language === currentLanguage()) return
    void setLanguage(language).then(() => client.invalidateQueries())
  }, [language, client])
}
