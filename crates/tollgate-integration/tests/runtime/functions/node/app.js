// What Lambda functions do, for aws-lambda-ric.
'use strict';

const net = require('node:net');

let handled = 0;

exports.handler = async (event, context) => {
  handled += 1;
  const { do: what, with: argument } = event;
  switch (what) {
    case 'echo':
      return argument;
    case 'count':
      return { count: handled, process: process.pid };
    case 'binary': {
      const bytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
      return { isBase64Encoded: true, body: bytes.toString('base64') };
    }
    case 'tell':
      return {
        id: context.awsRequestId,
        name: context.functionName,
        arn: context.invokedFunctionArn,
        memory: Number(context.memoryLimitInMB),
        'has time': context.getRemainingTimeInMillis() > 0 && context.getRemainingTimeInMillis() <= 60_000,
        'client context': context.clientContext ? context.clientContext.custom : null,
        trace: process.env._X_AMZN_TRACE_ID,
      };
    case 'fail':
      throw new RangeError('no luck');
    case 'exit':
      process.exit(argument);
      break;
    case 'hang':
      for (;;);
    case 'meet': {
      const [host, port] = argument.split(':');
      return new Promise((resolve, reject) => {
        const meeting = net.connect(Number(port), host);
        meeting.on('error', reject);
        meeting.on('data', () => {
          meeting.destroy();
          resolve('met');
        });
      });
    }
    case 'print':
      console.log('a line of the function');
      return null;
    default:
      return null;
  }
};

exports.stream = awslambda.streamifyResponse(async (event, answer) => {
  answer.setContentType('text/plain');
  for (const piece of event.pieces) {
    answer.write(piece);
  }
  if (event.fail) {
    throw new RangeError('no luck');
  }
  answer.end();
});

exports.http = awslambda.streamifyResponse(async (event, stream) => {
  const metadata = {
    statusCode: 201,
    headers: { 'Content-Type': 'text/event-stream' },
    cookies: ['a=1', 'b=2'],
  };
  const answer = awslambda.HttpResponseStream.from(stream, metadata);
  answer.write('one ');
  answer.write(Buffer.from([0, 255]));
  if (event.body === 'fail') {
    throw new RangeError('no luck');
  }
  answer.end('two');
});
