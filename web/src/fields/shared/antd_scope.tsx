// The settings of antd, around each lazily loaded control that uses it: language, colours, sizes, and the CSP nonce.
import { ConfigProvider, theme } from 'antd'
import en from 'antd/locale/en_US'
import zh from 'antd/locale/zh_CN'
import dayjs from 'dayjs'
import 'dayjs/locale/zh-cn'
import type { ReactNode } from 'react'
import { useDark } from '../../lib/theme.ts'
import { useFieldSettings } from '../context.tsx'

const nonce = document.querySelector<HTMLMetaElement>('meta[name=csp-nonce]')?.content

/** Pop-ups belong to the dialog they are opened from: the browser makes everything outside it inert. */
const popupContainer = (node?: HTMLElement): HTMLElement => node?.closest('dialog') ?? document.body

export function AntdScope({ children }: { children: ReactNode }) {
  const { language } = useFieldSettings()
  const dark = useDark()
  dayjs.locale(language === 'zh-CN' ? 'zh-cn' : 'en')
  return (
    <ConfigProvider
      locale={language === 'zh-CN' ? zh : en}
      csp={{ nonce }}
      getPopupContainer={popupContainer}
      theme={{
        algorithm: dark ? theme.darkAlgorithm : theme.defaultAlgorithm,
        token: {
          fontSize: 13,
          controlHeight: window.innerWidth <= 640 ? 44 : 30,
          borderRadius: 6,
          colorPrimary: dark ? '#6ea3ff' : '#1d5fd8',
          colorBorder: dark ? '#76808f' : '#8a93a3',
          colorBgContainer: dark ? '#14171d' : '#ffffff',
          colorTextPlaceholder: dark ? '#98a1b0' : '#636c7c',
          fontFamily: 'var(--font)',
        },
      }}
    >
      {children}
    </ConfigProvider>
  )
}
