using System.Diagnostics.CodeAnalysis;
using Amazon.Runtime;
using Amazon.Runtime.CredentialManagement;
using Amazon.Runtime.Credentials;

namespace AmpEdge.SigV4;

/// <summary>
/// The AWS SDK's credential chain: environment, web identity, profiles with their roles, processes and single sign-on,
/// containers, EC2. The SDK asks its sources and caches; this asks the SDK, has sessions renewed while they are still good, and
/// assumes the roles of the settings on top.
/// </summary>
/// <param name="settings">Where to look.</param>
/// <param name="time">Tells when a session nears its end.</param>
/// <param name="http">Makes the clients that ask STS; null for the SDK's own.</param>
public sealed class SdkCredentialProvider(
    CredentialSettings settings, TimeProvider time, HttpClientFactory? http = null) : ICredentialProvider, IDisposable
{
    // Long enough for a dozen tries before the old session ends.
    private static readonly TimeSpan s_renewBeforeEnd = TimeSpan.FromMinutes(5);

    private readonly List<AssumedRole> _roles = [];
    private ProfileReader? _profile;
    private ProfileReader? _lateProfile;
    private InstanceCredentials? _instance;
    private AWSCredentials? _roleSource;
    private volatile AWSCredentials? _lastSource;
    private volatile AWSCredentials? _last;
    private volatile bool _forgotten;

    public async Task<ResolvedCredentials> ResolveAsync(CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        SdkDependencies.Ensure();
        AWSCredentials source = await FindSourceAsync().ConfigureAwait(false);
        _lastSource = source;
        AWSCredentials provider = AssumeRoles(source);
        _last = provider;
        RenewIfDue();
        ImmutableCredentials found = await AskAsync(provider, source).ConfigureAwait(false);
        AwsCredentials credentials = new(
            found.AccessKey, found.SecretKey, found.UseToken ? found.Token : null);
        return new ResolvedCredentials(credentials, ExpiryOf(provider), ProviderName.Of(source, settings));
    }

    /// <summary>Sessions are dropped; keys of files and the environment have nothing behind them to ask again.</summary>
    public void Forget() => _forgotten = true;

    public void Dispose()
    {
        DropRoles();
        _instance?.Dispose();
    }

    private async Task<ImmutableCredentials> AskAsync(AWSCredentials provider, AWSCredentials source)
    {
        try
        {
            return await provider.GetCredentialsAsync().ConfigureAwait(false);
        }
        catch (Exception refused) when (source is SSOAWSCredentials)
        {
            // A person has to do it: nothing here can open a browser.
            throw new AmazonClientException(
                $"{refused.Message} (single sign-on: run 'aws sso login --profile "
                + $"{settings.Profile ?? ProviderName.ProfileOfEnvironment()}', then it is found by itself)",
                refused);
        }
    }

    /// <summary>
    /// Drops what the SDK keeps when the session nears its end, so that it is renewed now and a failure to do so is known while
    /// the old session can still be used; the SDK would renew in the background and keep a failure to itself. The sessions
    /// below it the SDK renews when they are needed.
    /// </summary>
    private void RenewIfDue()
    {
        if (_forgotten)
        {
            _forgotten = false;
            (_lastSource as RefreshingAWSCredentials)?.ClearCredentials();
            _roles.ForEach(static role => role.ClearCredentials());
        }
        else if (_last is RefreshingAWSCredentials refreshing
            && ExpiryOf(refreshing) is { } end
            && end - time.GetUtcNow() < s_renewBeforeEnd)
        {
            refreshing.ClearCredentials();
        }
    }

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
        catch (Exception problem) when (problem is AmazonClientException or ProfileNotFoundException)
        {
            if (TryGetLateProfile(out AWSCredentials? found))
            {
                return found;
            }

            if (problem is ProfileNotFoundException)
            {
                throw;
            }

            _instance ??= new InstanceCredentials(InstanceMetadataSettings.OfProcess, time);
            _instance.EarlierLinks = problem.Message;
            return _instance;
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
        _lateProfile ??= new ProfileReader(ProviderName.ProfileOfEnvironment(), file);
        return File.Exists(file) && _lateProfile.TryGet(out found);
    }

    /// <summary>One object per source and role: it holds the session.</summary>
    private AWSCredentials AssumeRoles(AWSCredentials source)
    {
        // Static keys make a new, equal source each time; the chain hands out another object when files changed.
        bool sameSource = settings.StaticKeys is not null || ReferenceEquals(source, _roleSource);
        if (_roles.Count != settings.Roles.Count || !sameSource)
        {
            DropRoles();
            _roleSource = source;
            AWSCredentials below = source;
            foreach (RoleHop hop in settings.Roles)
            {
                AssumedRole role = new(below, hop, settings, http);
                _roles.Add(role);
                below = role;
            }
        }

        return _roles.Count > 0 ? _roles[^1] : source;
    }

    private void DropRoles()
    {
        _roles.ForEach(static role => role.Dispose());
        _roles.Clear();
    }

    private static DateTimeOffset? ExpiryOf(AWSCredentials provider) => provider.Expiration switch
    {
        { Kind: DateTimeKind.Unspecified } expiry => new DateTimeOffset(expiry, TimeSpan.Zero),
        { } expiry => new DateTimeOffset(expiry.ToUniversalTime()),
        null => null,
    };
}
