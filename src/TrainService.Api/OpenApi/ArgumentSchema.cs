using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using TrainService.Specification;

namespace TrainService.Api.OpenApi;

/// <summary>Plain arguments as a schema of the document, from the declarations by which a body is read.</summary>
internal static class ArgumentSchema
{
    public static OpenApiSchema Of(IReadOnlyList<ArgumentSpec> arguments) => new()
    {
        Type = JsonSchemaType.Object,
        Properties = arguments.ToDictionary(a => a.Name, One),
        Required = arguments.Any(a => a.Required) ? arguments.Where(a => a.Required).Select(a => a.Name).ToHashSet() : null,
    };

    private static IOpenApiSchema One(ArgumentSpec argument) => new OpenApiSchema
    {
        Type = argument.Kind switch
        {
            ArgumentKind.Integer => JsonSchemaType.Integer,
            ArgumentKind.Number => JsonSchemaType.Number,
            ArgumentKind.Flag => JsonSchemaType.Boolean,
            ArgumentKind.Text or ArgumentKind.Choice => JsonSchemaType.String,
            _ => null,
        },
        Description = argument.Description,
        Minimum = argument.Minimum?.ToString(CultureInfo.InvariantCulture),
        Maximum = argument.Maximum?.ToString(CultureInfo.InvariantCulture),
        Enum = argument.Choices.Count > 0 ? [.. argument.Choices.Select(c => (JsonNode)JsonValue.Create(c))] : null,
        Default = argument.Default switch { long n => JsonValue.Create(n), double d => JsonValue.Create(d), string s => JsonValue.Create(s), bool b => JsonValue.Create(b), _ => null },
    };
}
