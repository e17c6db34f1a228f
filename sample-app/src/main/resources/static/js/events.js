/** Calls back with every server-sent event of a response. */
export async function readEvents(response, onEvent) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let buffer = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    buffer += value;
    let end;
    while ((end = buffer.indexOf("\n\n")) >= 0) {
      let event = "message";
      const data = [];
      for (const line of buffer.slice(0, end).split("\n")) {
        if (line.startsWith("event:")) event = line.slice(6).trim();
        if (line.startsWith("data:")) data.push(line.slice(5));
      }
      buffer = buffer.slice(end + 2);
      if (data.length) onEvent(event, JSON.parse(data.join("\n")));
    }
  }
}

/**
 * Asks the application and calls back with every event of the answer.
 * @returns the id of the conversation
 * @throws a problem with title and detail, or an AbortError
 */
export async function ask(question, signal, onEvent) {
  let response;
  try {
    response = await fetch("chat/stream", {
      method: "POST", signal, body: JSON.stringify(question),
      headers: { "Content-Type": "application/json", Accept: "text/event-stream, application/problem+json" },
    });
  }
  catch (problem) {
    throw problem.name === "AbortError" ? problem : { title: "The application can not be reached" };
  }
  if (!response.ok) {
    throw await response.json().catch(() => ({ title: "The request failed with status " + response.status }));
  }
  let ended = false;
  try {
    await readEvents(response, (event, data) => {
      ended = ended || event === "done" || event === "error";
      onEvent(event, data);
    });
  }
  catch (problem) {
    // what becomes of the connection behind the last event is of no account
    if (problem.name === "AbortError" && !ended) throw problem;
  }
  if (!ended) throw { title: "The connection was lost before the answer was complete" };
  return response.headers.get("Conversation-Id");
}
