namespace TrainService.Api.Keys;

/// <summary>The scope that an operation takes. Without one: read for GET, admin for everything else, so that what was forgotten is closed.</summary>
/// <param name="Scope">Null when anybody may call it.</param>
internal sealed record Access(KeyScope? Scope)
{
    public static Access Of(Endpoint endpoint, string method)
        => endpoint.Metadata.GetMetadata<Access>() ?? new(HttpMethods.IsGet(method) || HttpMethods.IsHead(method) ? KeyScope.Read : KeyScope.Admin);
}

/// <summary>The key may stand in the query as access_token: browsers can't set headers of event streams and web sockets.</summary>
internal sealed record TokenInQuery
{
    public const string Name = "access_token";
}

/// <summary>
/// A page of somebody else's, which a browser loads piece by piece and can't be told to send a header with: the browser asks its user (RFC 7617; any name,
/// the key as password) and shows the answer with every piece. Only here: what a browser shows by itself it would show for a foreign page too.
/// </summary>
internal sealed record AsksInBrowser;

internal static class AccessRoutes
{
    public static TBuilder Takes<TBuilder>(this TBuilder route, KeyScope scope)
        where TBuilder : IEndpointConventionBuilder => route.WithMetadata(new Access(scope));

    public static TBuilder OpenToAll<TBuilder>(this TBuilder route)
        where TBuilder : IEndpointConventionBuilder => route.WithMetadata(new Access((KeyScope?)null));

    public static TBuilder TakesTokenInQuery<TBuilder>(this TBuilder route)
        where TBuilder : IEndpointConventionBuilder => route.WithMetadata(new TokenInQuery());

    public static TBuilder AsksInBrowser<TBuilder>(this TBuilder route)
        where TBuilder : IEndpointConventionBuilder => route.WithMetadata(new AsksInBrowser());
}
