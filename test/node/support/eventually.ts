import { setTimeout as delay } from "node:timers/promises";

/** Machines may be half as fast as the one that the seconds come from, and do other work besides. */
const patience = 3;

/** Tries until it holds, and fails with the last reason. */
export async function eventually<T>(seconds: number, action: () => Promise<T>): Promise<T> {
  const end = Date.now() + patience * seconds * 1000;
  for (;;) {
    try {
      return await action();
    } catch (error) {
      if (Date.now() > end) throw error;
      await delay(500);
    }
  }
}
