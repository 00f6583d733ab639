// Starts `provisioning lsp` in the first folder and connects it to the editor.
const vscode = require("vscode");
const { LanguageClient, TransportKind } = require("vscode-languageclient/node");

let client;

function makeClient() {
  const settings = vscode.workspace.getConfiguration("provisioning");
  const args = ["lsp"];
  for (const folder of settings.get("importPaths", [])) args.push("-I", folder);
  const folders = vscode.workspace.workspaceFolders;
  const server = {
    command: settings.get("path", "provisioning"),
    args,
    transport: TransportKind.stdio,
    options: { cwd: folders && folders.length > 0 ? folders[0].uri.fsPath : undefined },
  };
  return new LanguageClient("provisioning", "Provisioning", server, {
    documentSelector: [{ language: "nickel" }],
    synchronize: { fileEvents: vscode.workspace.createFileSystemWatcher("**/*.{ncl,json,yaml,toml}") },
  });
}

async function activate(context) {
  client = makeClient();
  context.subscriptions.push(
    vscode.commands.registerCommand("provisioning.restartServer", async () => {
      await client.stop();
      client = makeClient();
      await client.start();
    }),
  );
  await client.start();
}

async function deactivate() {
  if (client) await client.stop();
}

module.exports = { activate, deactivate };
