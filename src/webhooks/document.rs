//! What the OpenAPI document says of the messages themselves: the receiver serves them, not we.

use serde_json::{Value, json};

/// The request that a receiver of a webhook gets.
pub fn message() -> Value {
    let header = |name: &str, text: &str| json!({"name": name, "in": "header", "required": true, "description": text, "schema": {"type": "string", "minLength": 1, "pattern": r"\S"}});
    json!({
        "operationId": "receive_webhook_message",
        "tags": ["webhook messages"],
        "summary": "Receive webhook message",
        "description": "Something happened: read the feed from where you are. The same message may come more than once.",
        "security": [],
        "parameters": [
            header("webhook-id", "The id of the delivery, the same at each attempt"),
            header("webhook-timestamp", "When it was sent, seconds since 1970: refuse what is older than some minutes"),
            header("webhook-signature", "Signatures separated by spaces, each v1, and base64 of HMAC-SHA256 over id.timestamp.body (Standard Webhooks)"),
        ],
        "requestBody": {
            "required": true,
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/WebhookMessage"}}},
        },
        "responses": {
            "204": {"description": "Taken; any 2xx will do. Redirects are not followed"},
            "410": {"description": "The receiver wants no more messages: the subscription is disabled"},
        },
    })
}
