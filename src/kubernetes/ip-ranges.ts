import { BlockList, isIP } from "node:net";
import type { Issue } from "../checks/issues";
import { issueIf, show } from "../checks/issues";

/** What is wrong with a range of addresses. */
export function rangeIssues(path: string, given: string | undefined): Issue[] {
  const wrong = given !== undefined && readRange(given) === undefined;
  return issueIf(
    wrong,
    path,
    `${show(given)} is not a range of addresses: the address or the length of the prefix is wrong`,
  );
}

/** A range of addresses, taken apart. */
interface AddressRange {
  address: string;
  length: number;
  family: "ipv4" | "ipv6";
}

/** The range; undefined when it is none. */
export function readRange(cidr: string | undefined): AddressRange | undefined {
  const [address = "", length = ""] = (cidr ?? "").split("/");
  const version = isIP(address);
  if (version === 0 || Number(length) > (version === 4 ? 32 : 128)) return undefined;
  return { address, length: Number(length), family: version === 4 ? "ipv4" : "ipv6" };
}

/** Whether a range is a smaller one inside another: the API server refuses the same one as an exception. */
export function isInside(inner: AddressRange, outer: AddressRange): boolean {
  if (inner.family !== outer.family || inner.length <= outer.length) return false;
  const block = new BlockList();
  block.addSubnet(outer.address, outer.length, outer.family);
  return block.check(inner.address, inner.family);
}
