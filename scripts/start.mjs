// npm start: replays the recorded crash of 19 May 2021. Arguments are passed on to the command.
import { ensureReady, runNode } from './ensure-ready.mjs';

ensureReady();
const command = ['apps/cli/bin/plimsoll.js', 'replay', 'scenarios/2021-05-19.yaml'];
runNode([...command, ...process.argv.slice(2)]);
