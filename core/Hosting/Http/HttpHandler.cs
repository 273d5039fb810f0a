namespace AmpEdge.Hosting;

/// <summary>Answers one request, once.</summary>
public delegate Task HttpHandler(HttpExchange exchange);
