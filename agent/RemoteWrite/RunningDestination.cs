using AmpEdge.SigV4;

namespace AmpEdge.Agent.RemoteWrite;

/// <summary>A destination at work with what it owns: its queue, its connections, its credentials.</summary>
internal sealed class RunningDestination(
    string signature, QueueManager queue, HttpMessageInvoker http, CredentialSource? credentials)
{
    /// <summary>What the destination was configured with; equal ones need no restart.</summary>
    public string Signature { get; } = signature;

    public QueueManager Queue { get; } = queue;

    public Task StartAsync(CancellationToken cancel)
    {
        credentials?.Start();
        return Queue.StartAsync(cancel);
    }

    /// <summary>Delivers what it can in its flush deadline, then lets go of everything.</summary>
    public async Task StopAsync(CancellationToken cancel)
    {
        await Queue.StopAsync(cancel);
        Queue.Dispose();
        http.Dispose();
        if (credentials is not null)
        {
            await credentials.DisposeAsync();
        }
    }
}
