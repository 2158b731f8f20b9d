import { render } from "./render/command";
import { runCommand } from "./lib/command.cjs";

void runCommand(render);
