import { secrets } from "./secrets/command";
import { runCommand } from "./stack/command";

void runCommand(secrets);
