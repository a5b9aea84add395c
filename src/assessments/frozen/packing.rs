//! Packing what was frozen before contents were packed: piece by piece, each content checked against its hash.

use diesel::Queryable;
use sha2::{Digest, Sha256};

use super::{PLAIN, Shown, store, unpack_text};
use crate::assessments::{AssessmentId, Content};
use crate::db::{Connection, Database};
use crate::http::error::Result;

/// Contents of one transaction: some megabytes.
const AT_ONCE: i64 = 50;

/// An assessment, and its revision.
pub type Place = (AssessmentId, i32);

/// A content that is not packed yet.
#[derive(Debug, Queryable)]
pub struct Unpacked {
    id: AssessmentId,
    revision: i32,
    kept: Vec<u8>,
    /// The hash that its score was published with.
    of_score: Option<String>,
    /// The hash of the assessment in its present revision.
    of_assessment: Option<String>,
}

/// What became of a piece.
#[derive(Debug, Default)]
pub struct Piece {
    /// How many contents were packed.
    pub packed: u64,
    /// Those that have not the hash that was published: they are left as they are.
    pub damaged: Vec<Place>,
    /// The last that was looked at; none where there was nothing left.
    pub last: Option<Place>,
}

/// Packs the next contents after a place.
///
/// # Errors
/// When the database fails.
pub fn pack_next(c: &mut Connection, after: Option<&Place>) -> Result<Piece> {
    let mut piece = Piece::default();
    for Unpacked { id, revision, kept, of_score, of_assessment } in store::unpacked(c, after, AT_ONCE)? {
        let (place, hash) = ((id, revision), of_score.or(of_assessment));
        let digest = base16ct::lower::encode_string(&Sha256::digest(&kept));
        let is_sound = hash.as_ref() == Some(&digest);
        let content = unpack_text(PLAIN, kept).and_then(|text| Ok((Content::thaw(&text)?, text)));
        match content.ok().filter(|_| is_sound) {
            Some((content, text)) => {
                store::pack(c, &place, &text, &Shown::from(content))?;
                piece.packed += 1;
            }
            None => piece.damaged.push(place.clone()),
        }
        piece.last = Some(place);
    }
    Ok(piece)
}

/// Packs all that is left beside the requests.
pub async fn pack_rest(db: Database) {
    let (mut last, mut packed) = (None, 0);
    loop {
        let after = last.clone();
        match db.write("", move |c| pack_next(c, after.as_ref())).await {
            Ok(piece) => {
                packed += piece.packed;
                piece.damaged.iter().for_each(|place| log::error!("{}", damage(place)));
                if piece.last.is_none() {
                    break;
                }
                last = piece.last;
            }
            Err(cause) => {
                log::warn!("what was frozen before is packed at the next start: {cause}");
                break;
            }
        }
    }
    if packed > 0 {
        log::info!("{packed} frozen contents were packed");
    }
}

/// What the operator is told of a content that has not its hash.
pub fn damage((id, revision): &Place) -> String {
    format!("what is frozen of self-assessment {id}, revision {revision}, has not the hash that was published")
}
