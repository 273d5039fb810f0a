namespace AmpEdge.Hosting;

/// <summary>
/// Outcome of a look-up: a route with the values of its path, or <paramref name="AllowedMethods"/> when only the
/// method does not fit, or neither when no pattern fits.
/// </summary>
internal readonly record struct RouteMatch(
    Route? Route, IReadOnlyList<KeyValuePair<string, string>> Values, string AllowedMethods)
{
    public static RouteMatch None => new(null, [], "");
}
