namespace AmpEdge.SigV4;

/// <summary>Reads answers whole and hands them over on the pool, see <see cref="PoolThread"/>. For answers that are small.</summary>
internal sealed class PoolThreadHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            HttpResponseMessage answer = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
            await answer.Content.LoadIntoBufferAsync(cancellationToken).ConfigureAwait(false);
            return answer;
        }
        finally
        {
            await PoolThread.SwitchTo();
        }
    }
}
