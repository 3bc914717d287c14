using System.Text.Json;

namespace TrainService.Api.Http;

/// <summary>JSON that the store keeps as text, as an element that the answer carries.</summary>
public static class RawJson
{
    public static JsonElement Element(string json) => JsonElement.Parse(json);

    public static JsonElement? Optional(string? json) => json is null ? null : Element(json);
}
