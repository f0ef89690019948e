import { Button, type ButtonProps, Tooltip } from '@mantine/core';
import { type Role, useHindrance } from '../api/use-operator.ts';

/** A button that is there for everyone, and tells those whose role it is not for why. */
export function RoleButton({
  needs,
  onClick,
  ...button
}: ButtonProps & { needs: Role; onClick: () => void }) {
  const hindrance = useHindrance(needs);
  const hindered =
    hindrance === null ? {} : { 'data-disabled': true, 'aria-disabled': true, 'aria-description': hindrance };
  return (
    <Tooltip label={hindrance} disabled={hindrance === null} multiline maw={280}>
      <Button
        {...button}
        {...hindered}
        onClick={() => {
          if (hindrance === null) onClick();
        }}
      />
    </Tooltip>
  );
}
