using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;
using TrainService.Api.Keys;
using TrainService.Api.Problems;
using TrainService.Specification.Reading;

namespace TrainService.Api.Http;

/// <summary>A query parameter that an operation does not know is an error: a filter with a typing mistake would silently show everything.</summary>
internal sealed class UnknownQuery(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext http)
    {
        if (http.Request.Query.Count == 0 || http.GetEndpoint() is not { } endpoint || endpoint.Metadata.GetMetadata<MethodInfo>() is null)
            return next(http);
        if (http.Request.Query.FirstOrDefault(q => q.Value.Any(v => v?.Contains('\0', StringComparison.Ordinal) == true)) is { Key: { } zero })
            return ProblemOf.BadRequest($"{zero}: a zero character is not taken.").ExecuteAsync(http);
        string[] known = [.. endpoint.Metadata.GetOrderedMetadata<IParameterBindingMetadata>()
            .Where(p => p.ParameterInfo.HasDefaultValue && !http.Request.RouteValues.ContainsKey(p.Name)).Select(p => p.Name)];
        if (http.Request.Query.Keys.FirstOrDefault(k => !known.Contains(k, StringComparer.OrdinalIgnoreCase) && !(k == TokenInQuery.Name && endpoint.Metadata.GetMetadata<TokenInQuery>() is not null)) is not { } unknown)
            return next(http);
        string takes = known.Length == 0 ? "there are none here" : $"there are {string.Join(", ", known)}";
        string hint = NearestName.Of(unknown, known) is { } near ? $" Did you mean {near}?" : "";
        return ProblemOf.BadRequest($"There is no query parameter '{unknown}'; {takes}.{hint}").ExecuteAsync(http);
    }
}
