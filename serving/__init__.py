"""How models run: engines behind `ChatModel`, their weights and their build."""
