// What the records of a group of results are called together.
import { useFieldSettings } from '../../fields/context.tsx'

export function usePlural() {
  const { objects } = useFieldSettings()
  return (group: { object: string; label: string }) => objects.get(group.object)?.label_plural ?? group.label
}
