import { secrets } from "./secrets/command";
import { runCommand } from "./lib/command.cjs";

void runCommand(secrets);
