using System.Diagnostics.CodeAnalysis;
using Amazon.Runtime;
using Amazon.Runtime.Credentials;

namespace AmpEdge.SigV4;

/// <summary>
/// The AWS SDK's credential chain: environment, web identity, profiles with their roles, processes and single sign-on,
/// containers, EC2. The SDK caches and refreshes; this asks it and, when told to, assumes a role on top.
/// </summary>
public sealed class SdkCredentialProvider(CredentialSettings settings) : ICredentialProvider, IDisposable
{
    private ProfileReader? _profile;
    private ProfileReader? _lateProfile;
    private AWSCredentials? _roleSource;
    private AssumedRole? _role;
    private volatile AWSCredentials? _lastSource;

    public async Task<ResolvedCredentials> ResolveAsync(CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        AWSCredentials source = await FindSourceAsync().ConfigureAwait(false);
        _lastSource = source;
        AWSCredentials provider = settings.RoleArn is null ? source : AssumeRole(source);
        ImmutableCredentials found = await provider.GetCredentialsAsync().ConfigureAwait(false);
        AwsCredentials credentials = new(
            found.AccessKey, found.SecretKey, found.UseToken ? found.Token : null);
        return new ResolvedCredentials(credentials, ExpiryOf(provider), provider.GetType().Name);
    }

    /// <summary>Sessions are dropped; keys of files and the environment have nothing behind them to ask again.</summary>
    public void Forget()
    {
        (_lastSource as RefreshingAWSCredentials)?.ClearCredentials();
        _role?.ClearCredentials();
    }

    public void Dispose() => _role?.Dispose();

    private async Task<AWSCredentials> FindSourceAsync()
    {
        if (settings.StaticKeys is { } keys)
        {
            return keys.SessionToken is null
                ? new BasicAWSCredentials(keys.AccessKeyId, keys.SecretAccessKey)
                : new SessionAWSCredentials(keys.AccessKeyId, keys.SecretAccessKey, keys.SessionToken);
        }

        if (settings.Profile is null)
        {
            return await FindInChainAsync().ConfigureAwait(false);
        }

        _profile ??= new ProfileReader(settings.Profile);
        return _profile.TryGet(out AWSCredentials? found)
            ? found
            : throw new AmazonClientException(
                $"profile '{settings.Profile}' is not in the shared AWS files, or lacks credentials "
                + "(see AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE for where they are looked for)");
    }

    private async Task<AWSCredentials> FindInChainAsync()
    {
        try
        {
            return await DefaultAWSCredentialsIdentityResolver.GetCredentialsAsync(null).ConfigureAwait(false);
        }
        catch (AmazonClientException)
        {
            if (TryGetLateProfile(out AWSCredentials? found))
            {
                return found;
            }

            throw;
        }
    }

    /// <summary>
    /// The SDK looks once, at its first use, whether the file of AWS_SHARED_CREDENTIALS_FILE exists, and never sees it
    /// when it comes later; a sidecar's secret may be mounted after the sidecar has started.
    /// </summary>
    private bool TryGetLateProfile([NotNullWhen(true)] out AWSCredentials? found)
    {
        found = null;
        string? file = Environment.GetEnvironmentVariable("AWS_SHARED_CREDENTIALS_FILE");
        string profile = Environment.GetEnvironmentVariable("AWS_PROFILE") is { Length: > 0 } name ? name : "default";
        _lateProfile ??= new ProfileReader(profile, file);
        return File.Exists(file) && _lateProfile.TryGet(out found);
    }

    /// <summary>One object per source and role: it holds the session and refreshes it before its end.</summary>
    private AssumedRole AssumeRole(AWSCredentials source)
    {
        // Static keys make a new, equal source each time; the chain hands out another object when files changed.
        bool sameSource = settings.StaticKeys is not null || ReferenceEquals(source, _roleSource);
        if (_role is null || !sameSource)
        {
            _role?.Dispose();
            _role = new AssumedRole(source, settings);
            _roleSource = source;
        }

        return _role;
    }

    private static DateTimeOffset? ExpiryOf(AWSCredentials provider) => provider.Expiration switch
    {
        { Kind: DateTimeKind.Unspecified } expiry => new DateTimeOffset(expiry, TimeSpan.Zero),
        { } expiry => new DateTimeOffset(expiry.ToUniversalTime()),
        null => null,
    };
}
