// The icon of an object by the name in its metadata; the drawings are loaded apart from the shell.
import { Box } from 'lucide-react'
import { type ComponentType, lazy, Suspense } from 'react'

const Drawn = lazy(() => import('./object-icons.tsx'))

export interface ObjectIconProps {
  name: string | null | undefined
  size?: number
}

export const ObjectIcon: ComponentType<ObjectIconProps> = ({ name, size = 16 }) => (
  <Suspense fallback={<Box size={size} aria-hidden />}>
    <Drawn name={name} size={size} />
  </Suspense>
)
