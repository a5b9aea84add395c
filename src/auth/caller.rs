//! The caller of a request: which acts, and the rows of which organization's subtree.

use std::future::Future;
use std::marker::PhantomData;
use std::ops::Deref;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};

use super::{Act, Claims, Keys, Scope, Scopes};
use crate::db::{Author, ask_for};
use crate::findings::Language;
use crate::http::error::{Code, Context, Error, Result};
use crate::http::fairness::Shares;

/// Who calls, as its token says.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The token's holder.
    pub subject: String,
    /// The code of the organization whose subtree the caller sees.
    pub organization_code: String,
    /// The request's id, as in the log.
    pub request_id: Option<String>,
    /// The language that the request is answered in.
    pub language: Language,
    scopes: Scopes,
}

/// The keys, shared by all requests.
pub type Credentials = web::Data<Arc<Keys>>;

impl Caller {
    /// A caller made without a token, for the demo's own first requests.
    pub fn new(subject: &str, organization_code: &str, scopes: Scopes) -> Caller {
        let (subject, organization_code) = (subject.to_owned(), organization_code.to_owned());
        Caller { subject, organization_code, request_id: None, language: Language::default(), scopes }
    }

    /// Its scopes.
    pub fn scopes(&self) -> Scopes {
        self.scopes
    }

    /// The same caller looking from further down: an organization that it has been seen to see.
    pub fn below(&self, organization_code: &str) -> Caller {
        Caller { organization_code: organization_code.to_owned(), ..self.clone() }
    }

    /// Passes when the token has one of the scopes.
    ///
    /// # Errors
    /// 403 with the missing scope.
    pub fn may(&self, scopes: &[Scope]) -> Result<()> {
        if scopes.iter().any(|&scope| self.scopes.has(scope)) {
            return Ok(());
        }
        let names: Vec<&str> = scopes.iter().map(|scope| scope.as_str()).collect();
        Err(Error::new(
            Code::ScopeMissing,
            format!("令牌缺少权限{}", names.join("或")),
            format!("the token lacks the scope {}", names.join(" or ")),
        ))
    }

    /// Who makes the changes of its request.
    pub fn author(&self) -> Author {
        Author {
            subject: self.subject.clone(),
            organization_code: self.organization_code.clone(),
            request_id: self.request_id.clone(),
            language: self.language,
        }
    }

    /// Under which name this caller's idempotency keys are kept.
    pub fn key_owner(&self) -> String {
        format!("{}\n{}", self.organization_code, self.subject)
    }
}

impl From<Claims> for Caller {
    fn from(claims: Claims) -> Caller {
        Caller::new(&claims.sub, &claims.org, Scopes::from_claim(&claims.scope))
    }
}

fn unauthenticated(zh: &str, en: &str) -> Error {
    Error::new(Code::Unauthenticated, zh, en)
}

fn bearer(request: &HttpRequest) -> Result<&str> {
    let value = request
        .headers()
        .get(header::AUTHORIZATION)
        .ok_or_else(|| unauthenticated("请求没有Authorization头", "the request has no Authorization header"))?;
    value
        .to_str()
        .ok()
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, token)| scheme.eq_ignore_ascii_case("bearer") && !token.is_empty())
        .map(|(_, token)| token.trim())
        .ok_or_else(|| {
            unauthenticated("Authorization头须为Bearer加令牌", "the Authorization header must be Bearer and a token")
        })
}

fn refused(cause: &jsonwebtoken::errors::Error) -> Error {
    use jsonwebtoken::errors::ErrorKind as Kind;
    match cause.kind() {
        Kind::ExpiredSignature => unauthenticated("令牌已过期", "the token has expired"),
        Kind::ImmatureSignature => unauthenticated("令牌尚未生效", "the token is not valid yet"),
        Kind::InvalidIssuer => unauthenticated("令牌的签发方(iss)不符", "the token has another issuer (iss)"),
        Kind::InvalidAudience => unauthenticated("令牌的受众(aud)不符", "the token is for another audience (aud)"),
        Kind::MissingRequiredClaim(claim) => {
            Error::new(Code::Unauthenticated, format!("令牌缺少{claim}"), format!("the token lacks the claim {claim}"))
        }
        Kind::Json(cause) => Error::new(
            Code::Unauthenticated,
            format!("令牌内容有误：{cause}"),
            format!("the token's claims are malformed: {cause}"),
        ),
        Kind::InvalidAlgorithm => unauthenticated("令牌的算法与密钥不符", "the token's algorithm is not its key's"),
        _ => unauthenticated("令牌无效", "the token is not valid"),
    }
}

/// The caller of a request, with what of the request its changes are known by.
async fn identify(request: HttpRequest) -> Result<Caller> {
    let caller = verified(&request).await?;
    ask_for(&caller.organization_code);
    if let Some(shares) = request.app_data::<web::Data<Shares>>() {
        let (seat, left) = shares.admit(&caller.organization_code, || caller.key_owner())?;
        let mut extensions = request.extensions_mut();
        extensions.insert(seat);
        if let Some(left) = left {
            extensions.insert(left);
        }
    }
    let context = request.extensions().get::<Rc<Context>>().cloned();
    let request_id = context.as_ref().map(|context| context.request_id.clone());
    let language = context.map(|context| context.language).unwrap_or_default();
    Ok(Caller { request_id, language, ..caller })
}

async fn verified(request: &HttpRequest) -> Result<Caller> {
    let token = bearer(request)?;
    let keys = request.app_data::<Credentials>().ok_or_else(|| Error::internal(&"no keys"))?;
    if let Some(caller) = keys.verify(token).map_err(|cause| refused(&cause))? {
        return Ok(caller);
    }
    let unknown = || unauthenticated("令牌的密钥(kid)未知", "the token's key (kid) is not known");
    if !keys.may_refresh() {
        return Err(unknown());
    }
    let again = keys.clone();
    web::block(move || again.refresh()).await.map_err(|cause| Error::internal(&cause))?;
    keys.verify(token).map_err(|cause| refused(&cause))?.ok_or_else(unknown)
}

impl FromRequest for Caller {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Caller>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        Box::pin(identify(request.clone()))
    }
}

/// A caller whose token allows the act. As an extractor before the body it refuses the others
/// before anything they sent is read.
pub struct Permit<A>(Caller, PhantomData<A>);

impl<A> Permit<A> {
    /// The caller itself.
    pub fn caller(self) -> Caller {
        self.0
    }
}

impl<A> Deref for Permit<A> {
    type Target = Caller;

    fn deref(&self) -> &Caller {
        &self.0
    }
}

impl<A: Act> FromRequest for Permit<A> {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Permit<A>>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let caller = identify(request).await?;
            caller.may(A::SCOPES)?;
            Ok(Permit(caller, PhantomData))
        })
    }
}
