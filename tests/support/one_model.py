"""A single model under every name, where a whole profile is not needed."""

from hierarchy.protocols import ChatModel


class OneModel:
    """Serves `model` whatever is asked for."""

    def __init__(self, model: ChatModel) -> None:
        self.model = model

    async def get(self, name: str | None = None) -> ChatModel:
        return self.model
