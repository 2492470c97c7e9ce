#!/usr/bin/env node
// Starts the program of this platform, with the same arguments, terminal and exit code.
"use strict";

const { spawn } = require("node:child_process");
const { existsSync } = require("node:fs");
const { join } = require("node:path");

// Windows on arm64 runs the program for x64.
const place = process.platform === "win32" ? "win32-x64" : `${process.platform}-${process.arch}`;
const program = join(__dirname, place, process.platform === "win32" ? "aws-sso-cred.exe" : "aws-sso-cred");
if (!existsSync(program)) {
  console.error(`aws-sso-cred: this package has no program for ${place}`);
  console.error("hint: build it with cargo, as the README of the project says");
  process.exit(5);
}

const child = spawn(program, process.argv.slice(2), { stdio: "inherit" });
// Ctrl-C reaches the program by itself; what is sent to this process alone is handed on.
process.on("SIGINT", () => {});
process.on("SIGQUIT", () => {});
for (const signal of ["SIGTERM", "SIGHUP"]) {
  process.on(signal, () => child.kill(signal));
}
child.on("error", (error) => {
  console.error(`aws-sso-cred: ${program} cannot be started: ${error.message}`);
  process.exit(5);
});
child.on("exit", (code, signal) => {
  if (signal) {
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  } else {
    process.exitCode = code;
  }
});
