import { render } from "./render/command";
import { runCommand } from "./stack/command";

void runCommand(() => render(process.argv.slice(2)));
