// OpenAI's own JavaScript client against the endpoints; OpenAiNpmTests starts both.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import OpenAI from 'openai';

const client = new OpenAI({ baseURL: process.env.CERBERUS_BASE_URL, apiKey: 'none', maxRetries: 0 });
const model = 'traveller';

function tool(name) {
  return {
    type: 'function',
    function: {
      name,
      description: `Tells the ${name} in a city`,
      parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
    },
  };
}

const report = {
  type: 'json_schema',
  json_schema: {
    name: 'report',
    strict: true,
    schema: {
      type: 'object',
      properties: {
        degrees: { type: 'integer' },
        sky: { type: 'string', enum: ['sunny', 'cloudy'] },
        time: { type: 'string', pattern: '^[0-9]{2}:[0-9]{2}$' },
      },
      required: ['degrees', 'sky', 'time'],
      additionalProperties: false,
    },
  },
};

const question = { role: 'user', content: 'What is the weather in Rome, and what time is it in Oslo?' };

function results(calls) {
  return calls.map((call) => ({ role: 'tool', tool_call_id: call.id, content: 'sunny, 22, 14:35' }));
}

function checkCalls(calls) {
  assert.deepEqual(calls.map((call) => [call.function.name, JSON.parse(call.function.arguments)]),
    [['weather', { city: 'Rome' }], ['time', { city: 'Oslo' }]]);
  assert.equal(new Set(calls.map((call) => call.id)).size, 2);
}

function checkReport(content) {
  assert.deepEqual(JSON.parse(content), { sky: 'sunny', degrees: 22, time: '14:35' });
}

test('models are listed and found', async () => {
  const models = [];
  for await (const each of client.models.list()) models.push(each.id);
  assert.deepEqual(models, [model]);
  assert.equal((await client.models.retrieve(model)).owned_by, 'cerberus');
});

test('a chat is answered', async () => {
  const completion = await client.chat.completions.create({ model, messages: [{ role: 'user', content: 'Hi' }] });
  assert.equal(completion.choices[0].message.content, 'Hello, where do you go?');
  assert.equal(completion.choices[0].finish_reason, 'stop');
  assert.ok(completion.usage.total_tokens > completion.usage.completion_tokens);
});

test('a chat is streamed with its usage', async () => {
  const stream = await client.chat.completions.create({
    model, messages: [{ role: 'user', content: 'Hi' }], stream: true, stream_options: { include_usage: true },
  });
  let text = '';
  let usage;
  for await (const chunk of stream) {
    text += chunk.choices[0]?.delta?.content ?? '';
    usage = chunk.usage ?? usage;
  }
  assert.equal(text, 'Hello, where do you go?');
  assert.ok(usage.completion_tokens > 0);
});

test('a conversation with two tools and a schema runs through', async () => {
  const tools = [tool('weather'), tool('time')];
  const first = await client.chat.completions.create({ model, messages: [question], tools });
  assert.equal(first.choices[0].finish_reason, 'tool_calls');
  const { message } = first.choices[0];
  checkCalls(message.tool_calls);
  const messages = [question, message, ...results(message.tool_calls)];
  const second = await client.chat.completions.create({ model, messages, tools, response_format: report });
  assert.equal(second.choices[0].finish_reason, 'stop');
  checkReport(second.choices[0].message.content);
});

test('a streamed conversation with two tools and a schema runs through', async () => {
  const tools = [tool('weather'), tool('time')];
  const first = client.chat.completions.stream({ model, messages: [question], tools });
  const message = await first.finalMessage();
  checkCalls(message.tool_calls);
  const second = client.chat.completions.stream({
    model, messages: [question, message, ...results(message.tool_calls)], tools, response_format: report,
  });
  checkReport((await second.finalMessage()).content);
});

test('tools are run by the client', async () => {
  const runnable = (name) => ({
    type: 'function',
    function: { ...tool(name).function, parse: JSON.parse, function: ({ city }) => `${name} in ${city}` },
  });
  const runner = client.chat.completions.runTools({ model, messages: [question], tools: ['weather', 'time'].map(runnable) });
  assert.equal(await runner.finalContent(), 'It is sunny in Rome and 14:35 in Oslo.');
});

test('a text is continued', async () => {
  const completion = await client.completions.create({ model, prompt: 'Once', max_tokens: 4 });
  assert.equal(completion.object, 'text_completion');
  assert.ok(completion.usage.completion_tokens <= 4);
});

test('a stream is left', async () => {
  const stream = await client.chat.completions.create({
    model, messages: [{ role: 'user', content: 'Tell me a story' }], max_tokens: 2000, stream: true,
  });
  let pieces = 0;
  for await (const chunk of stream) {
    if (chunk.choices[0].delta.content && ++pieces === 3) break;
  }
  assert.equal(pieces, 3);
});

test('refusals have their types', async () => {
  const messages = [{ role: 'user', content: 'Hi' }];
  await assert.rejects(client.chat.completions.create({ model, messages, n: 2 }),
    (error) => error instanceof OpenAI.BadRequestError && error.param === 'n');
  await assert.rejects(client.chat.completions.create({ model, messages, temperature: -1 }), OpenAI.BadRequestError);
  await assert.rejects(client.chat.completions.create({ model: 'gpt-4o', messages }),
    (error) => error instanceof OpenAI.NotFoundError && error.code === 'model_not_found');
  await assert.rejects(client.chat.completions.create({ model, messages, response_format: {
    type: 'json_schema', json_schema: { name: 'x', schema: { if: {}, then: false } },
  } }), OpenAI.BadRequestError);
});
