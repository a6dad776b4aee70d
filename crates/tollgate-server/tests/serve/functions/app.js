// A function behind a proxy integration, for aws-lambda-ric.
'use strict';

exports.handler = async (event, context) => {
  switch (event.pathParameters.what) {
    case 'tell': {
      const told = {
        verb: event.httpMethod,
        path: event.path,
        stage: event.requestContext.stage,
        colors: event.multiValueQueryStringParameters.color,
        body: event.body,
        table: process.env.TABLE,
        name: context.functionName,
      };
      return { statusCode: 201, headers: { 'X-Told': 'all' }, body: JSON.stringify(told) };
    }
    case 'turn': {
      const body = event.isBase64Encoded ? Buffer.from(event.body, 'base64') : Buffer.from('no bytes');
      const headers = { 'Content-Type': 'image/png' };
      return { headers, body: body.reverse().toString('base64'), isBase64Encoded: true };
    }
    case 'malformed':
      return { statusCode: 200, cookies: [] };
    case 'exit':
      process.exit(3);
      break;
    case 'hang':
      for (;;);
    default:
      throw new RangeError('no luck');
  }
};
