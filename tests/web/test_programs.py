"""The same library for other programs, asked by real clients: gradio_client, and MCP over HTTP."""

from __future__ import annotations

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from gradio_client import Client

from tests.test_cli import ANSWER_KEYS
from tests.web.conftest import OS_QUESTION, TESTED


@pytest.fixture(scope="module")
def client(served: str) -> Client:
    return Client(served, verbose=False)


def test_the_endpoints_are_named_and_documented(client: Client) -> None:
    told: dict[str, Any] = client.view_api(return_format="dict")  # type: ignore[assignment]
    assert set(told["named_endpoints"]) == {"/ask", "/search", "/cite", "/trials", "/drugs", "/terms"}
    assert told["unnamed_endpoints"] == {}
    for endpoint in told["named_endpoints"].values():
        assert endpoint["description"]


def test_ask_gives_what_the_command_line_gives(client: Client) -> None:
    answer = client.predict(question=OS_QUESTION, api_name="/ask")
    assert answer.keys() >= ANSWER_KEYS
    assert "13.6 months" in answer["answer"]
    assert answer["citations"][0]["section"] == "4.1"
    followed = client.predict(question="And its safety?", history=[OS_QUESTION], api_name="/ask")
    assert "DeLLphi-304" in followed["understood"]
    assert client.predict(question="KEYNOTE-024 OS?", api_name="/ask")["missing"] == ["KEYNOTE-024"]


def test_search_cite_and_trials(client: Client) -> None:
    hits = client.predict(question=TESTED, count=2, api_name="/search")["hits"]
    assert [hit["rank"] for hit in hits] == [1, 2]
    assert "DeLLphi-304" in hits[0]["text"]
    (reference,) = client.predict(reference="25", api_name="/cite")["references"]
    assert reference["works"][0]["doi"] == "10.1056/NEJMoa2502099"
    results = client.predict(trial="harmoni-a", endpoint="PFS", api_name="/trials")["results"]
    assert {result["trial"] for result in results} == {"HARMONi-A"}
    assert {result["endpoint"] for result in results} == {"PFS"}
    assert len(client.predict(api_name="/trials")["results"]) > 100


def test_drugs_and_terms(client: Client) -> None:
    (drug,) = client.predict(drug="amivan", api_name="/drugs")["drugs"]
    assert {"Amivantamab", "埃万妥单抗"} <= set(drug["names"])
    assert {"EGFR", "MET"} <= {field["value"] for field in drug["fields"] if field["field"] == "target"}
    (term,) = client.predict(term="CRS", api_name="/terms")["terms"]
    assert "细胞因子释放综合征" in term["names"]
    assert all(field["value"] in field["sentence"] for field in [*drug["fields"], *term["fields"]])


def test_an_mcp_client_uses_the_same_as_tools(served: str) -> None:
    from mcp import ClientSession
    from mcp.client.streamable_http import streamable_http_client

    async def visit() -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
        async with (
            streamable_http_client(f"{served}gradio_api/mcp/") as (read, write, _),
            ClientSession(read, write) as session,
        ):
            await session.initialize()
            tools = {tool.name: tool for tool in (await session.list_tools()).tools}
            asked = await session.call_tool("ask", {"question": OS_QUESTION})
            cited = await session.call_tool("cite", {"reference": "PALOMA-3"})
            return tools, json.loads(asked.content[0].text), json.loads(cited.content[0].text)  # type: ignore[union-attr]

    # Playwright's event loop runs in this thread.
    with ThreadPoolExecutor(1) as other:
        tools, answer, cited = other.submit(asyncio.run, visit()).result()
    assert set(tools) == {"ask", "search", "cite", "trials", "drugs", "terms"}
    assert "passages that hold the answer" in tools["ask"].description
    assert "history" in tools["ask"].inputSchema["properties"]
    assert "13.6 months" in answer["answer"]
    assert cited["references"]


@pytest.mark.parametrize("question", ["", "\x00", "\ud800".encode("utf-8", "replace").decode(), "x" * 3000, "?" * 50])
def test_rubbish_is_refused_not_failed(client: Client, question: str) -> None:
    assert client.predict(question=question, api_name="/ask")["abstained"]
