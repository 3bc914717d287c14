using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace TrainService.Specification.Reading;

/// <summary>Texts out of JSON. JSON can spell half of a surrogate pair, which is no text: the base library throws then, these say false.</summary>
public static class JsonText
{
    public static bool TryGet(JsonElement element, [NotNullWhen(true)] out string? text)
    {
        text = null;
        if (element.ValueKind != JsonValueKind.String) return false;
        try
        {
            text = element.GetString();
        }
        catch (InvalidOperationException)
        {
            return false;
        }
        return text is not null;
    }

    public static bool TryGetName(JsonProperty property, [NotNullWhen(true)] out string? name)
    {
        try
        {
            name = property.Name;
            return true;
        }
        catch (InvalidOperationException)
        {
            name = null;
            return false;
        }
    }

    /// <summary>The last member of an object that is called <paramref name="name"/>; none when it is no object.</summary>
    public static bool TryGetMember(JsonElement element, string name, out JsonElement value)
    {
        value = default;
        if (element.ValueKind != JsonValueKind.Object) return false;
        foreach (JsonProperty property in element.EnumerateObject())
            if (TryGetName(property, out string? key) && key == name)
                value = property.Value;
        return value.ValueKind != JsonValueKind.Undefined;
    }
}
