// facts: sizes
/**
 * How many certificates and agents the instance is sized for. Only `small` was measured
 * upstream.
 */
export const FleetSize = {
  /** Up to 500 certificates and 100 agents. */
  Small: "small",
  /** Up to 5,000 certificates and 1,000 agents. */
  Medium: "medium",
  /** Up to 50,000 certificates and 10,000 agents. */
  Large: "large",
} as const;

export type FleetSize = (typeof FleetSize)[keyof typeof FleetSize];
