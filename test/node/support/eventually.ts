import { setTimeout as delay } from "node:timers/promises";

/** Tries until it holds, and fails with the last reason. */
export async function eventually<T>(seconds: number, action: () => Promise<T>): Promise<T> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    try {
      return await action();
    } catch (error) {
      if (Date.now() > end) throw error;
      await delay(500);
    }
  }
}
