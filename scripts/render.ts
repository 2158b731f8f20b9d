import { render } from "./render/command";
import { runCommand } from "./stack/command";

void runCommand(render);
