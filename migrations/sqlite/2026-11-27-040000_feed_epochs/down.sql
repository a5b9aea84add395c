DROP TABLE feed_epochs;
