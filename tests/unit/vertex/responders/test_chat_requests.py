"""
Gemini's requests as chat completions: each is sent to a server that is strict.
"""

from base64 import b64encode, urlsafe_b64encode

import pytest

from localcloud.vertex.answers.row_error import RowError
from tests.chat_server import ChatServer
from tests.unit.vertex.responders.asking import Files, saying, turn
from tests.unit.vertex.responders.conftest import Ask

PNG = bytes.fromhex("89504e470d0a1a0afbff")


def test_turns_become_messages_and_roles_are_theirs(ask: Ask, chat: ChatServer) -> None:
    ask(
        {
            "system_instruction": {
                "parts": [{"text": "Be brief."}, {"text": "Rhyme."}]
            },
            "contents": [
                turn({"text": "Hi"}, {"text": "there"}),
                turn({"text": "Hidden", "thought": True}, {"text": "Yo"}, role="model"),
                turn({"text": "Bye"}),
            ],
        }
    )

    (body,) = chat.asked
    assert body == {
        "model": "local-model",
        "stream": False,
        "messages": [
            {"role": "system", "content": "Be brief.\nRhyme."},
            {"role": "user", "content": "Hi\nthere"},
            {"role": "assistant", "content": "Yo"},
            {"role": "user", "content": "Bye"},
        ],
    }


def test_images_go_as_data_wherever_they_are(ask: Ask, chat: ChatServer) -> None:
    data = urlsafe_b64encode(PNG).decode().strip("=")
    inline = {"inline_data": {"mime_type": "image/png", "data": data}}
    stored = {"fileUri": "gs://bucket/shot.png", "mimeType": "image/png"}

    ask(
        {"contents": [turn({"text": "Look"}, inline, {"fileData": stored})]},
        files=Files(shot=PNG),
    )

    image = {
        "type": "image_url",
        "image_url": {"url": f"data:image/png;base64,{b64encode(PNG).decode()}"},
    }
    assert chat.asked[0]["messages"] == [
        {"role": "user", "content": [{"type": "text", "text": "Look"}, image, image]}
    ]


def test_sound_and_text_files_go_as_what_they_are(ask: Ask, chat: ChatServer) -> None:
    sound = {"fileUri": "gs://bucket/song.mp3", "mimeType": "audio/mpeg"}
    note = {"fileUri": "gs://bucket/note.csv", "mimeType": "text/csv; charset=utf-8"}

    ask(
        {"contents": [turn({"fileData": sound}, {"fileData": note})]},
        files=Files(song=b"ID3", note="a,ü".encode()),
    )

    heard = {"data": "SUQz", "format": "mp3"}
    assert chat.asked[0]["messages"][0]["content"] == [
        {"type": "input_audio", "input_audio": heard},
        {"type": "text", "text": "a,ü"},
    ]


@pytest.mark.parametrize(
    ("name", "mime_type", "says"),
    [
        ("gs://bucket/doc.pdf", "application/pdf", "no application/pdf"),
        ("gs://bucket/clip.mp4", "video/mp4", "no video/mp4"),
        ("https://youtu.be/x", "video/mp4", "reaches nobody"),
        ("gs://bucket/gone.png", "image/png", "Cannot fetch content"),
    ],
)
def test_media_that_a_chat_can_t_carry_fail_their_row(
    ask: Ask, chat: ChatServer, name: str, mime_type: str, says: str
) -> None:
    file = {"fileUri": name, "mimeType": mime_type}

    with pytest.raises(RowError, match=says):
        ask({"contents": [turn({"fileData": file})]}, files=Files(doc=b"x", clip=b"x"))

    assert chat.asked == []


def test_what_vertex_itself_refuses_is_not_sent(ask: Ask, chat: ChatServer) -> None:
    with pytest.raises(RowError, match="Please use a valid role: user, model"):
        ask({"contents": [turn({"text": "Hi"}, role="tester")]})
    with pytest.raises(RowError, match="Invalid JSON payload"):
        ask(saying("Hi", generationConfig={"seed": "seven"}))

    assert chat.asked == []


def test_the_configuration_is_translated(ask: Ask, chat: ChatServer) -> None:
    ask(
        saying(
            "Hi",
            generationConfig={
                "temperature": 0.5,
                "top_p": 0.9,
                "topK": 40,
                "maxOutputTokens": "256",
                "stopSequences": ["END"],
                "seed": 7,
                "presencePenalty": 0.1,
                "frequencyPenalty": -0.1,
                "candidateCount": 2,
                "thinkingConfig": {"thinkingBudget": 0},
            },
            safetySettings=[{"category": "HARM_CATEGORY_HARASSMENT"}],
        )
    )

    rest = {k: v for k, v in chat.asked[0].items() if k not in ("messages", "model")}
    assert rest == {
        "temperature": 0.5,
        "top_p": 0.9,
        "max_tokens": 256,
        "stop": ["END"],
        "seed": 7,
        "presence_penalty": 0.1,
        "frequency_penalty": -0.1,
        "n": 2,
        "stream": False,
    }
