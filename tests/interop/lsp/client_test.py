"""A conversation by pytest-lsp, whose client checks each message against the protocol's types."""

import os

import pytest
import pytest_lsp
from lsprotocol import types
from pytest_lsp import ClientServerConfig, LanguageClient, client_capabilities

LIB = "{ port | Number | doc \"where it listens\" = 80, double = fun x => x * 2 }\n"
MAIN = (
    'let lib = import "lib.ncl" in\n'
    "let twice = lib.double lib.port in\n"
    "{ port = lib.port, twice, name = prt }\n"
)


@pytest_lsp.fixture(config=ClientServerConfig(server_command=[os.environ["PROVISIONING"], "lsp"]))
async def client(lsp_client: LanguageClient):
    await lsp_client.initialize_session(
        types.InitializeParams(
            capabilities=client_capabilities("visual-studio-code"), root_uri=None
        )
    )
    yield
    await lsp_client.shutdown_session()


@pytest.mark.asyncio
async def test_conversation(client: LanguageClient, tmp_path):
    (tmp_path / "lib.ncl").write_text(LIB)
    main = tmp_path / "main.ncl"
    main.write_text(MAIN)
    uri = main.as_uri()
    document = types.TextDocumentIdentifier(uri)
    client.text_document_did_open(
        types.DidOpenTextDocumentParams(types.TextDocumentItem(uri, "nickel", 1, MAIN))
    )
    await client.wait_for_notification(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
    found = client.diagnostics[uri]
    assert [one.code for one in found] == ["TypecheckError::UnboundIdentifier"]
    where = types.Position(2, 15)

    hover = await client.text_document_hover_async(types.HoverParams(document, where))
    assert "where it listens" in hover.contents.value
    target = await client.text_document_definition_async(types.DefinitionParams(document, where))
    target = target[0] if isinstance(target, list) else target
    assert target.uri.endswith("/lib.ncl")
    hints = await client.text_document_inlay_hint_async(
        types.InlayHintParams(document, types.Range(types.Position(0, 0), types.Position(3, 0)))
    )
    assert ": Number" in [hint.label for hint in hints]
    symbols = await client.text_document_document_symbol_async(
        types.DocumentSymbolParams(document)
    )
    assert "twice" in [symbol.name for symbol in symbols]
    actions = await client.text_document_code_action_async(
        types.CodeActionParams(document, found[0].range, types.CodeActionContext(found))
    )
    assert actions[0].title == "Replace by `port`"

    start = MAIN.splitlines()[2].index("prt")
    client.text_document_did_change(
        types.DidChangeTextDocumentParams(
            types.VersionedTextDocumentIdentifier(2, uri),
            [
                types.TextDocumentContentChangePartial(
                    range=types.Range(types.Position(2, start), types.Position(2, start + 3)),
                    text="lib.",
                )
            ],
        )
    )
    completed = await client.text_document_completion_async(
        types.CompletionParams(document, types.Position(2, start + 4))
    )
    items = completed.items if hasattr(completed, "items") else completed
    assert {"port", "double"} <= {item.label for item in items}
    edit = await client.text_document_rename_async(
        types.RenameParams(document, types.Position(1, 5), "doubled")
    )
    assert len(edit.changes[uri]) == 2
