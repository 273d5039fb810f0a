namespace AmpEdge.Proxy.Forwarding;

/// <summary>Answers a request in the upstream's place.</summary>
internal interface IRequestHandler
{
    /// <summary>Answers a request that was admitted and whose body was read.</summary>
    Task AnswerAsync(ForwardRequest request, PooledBody body);
}
