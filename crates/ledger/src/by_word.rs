//! Reads an enum out of a JSON object in which one word says which variant it is, and the other members are that variant's.
//!
//! serde keeps all of such an object until it knows the word. Here the word is known before the object is read, so that each member is
//! read once, straight into its place.

use serde::de::value::StrDeserializer;
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error as _, IntoDeserializer as _, VariantAccess, Visitor,
};
use serde_json::Error;

/// The object, and the word.
#[derive(Clone, Copy)]
pub(crate) struct ByWord<'de> {
    pub(crate) word: &'de str,
    pub(crate) text: &'de [u8],
}

impl<'de> Deserializer<'de> for ByWord<'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_enum(self)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

impl<'de> EnumAccess<'de> for ByWord<'de> {
    type Error = Error;
    type Variant = ByWord<'de>;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, ByWord<'de>), Error> {
        let word: StrDeserializer<Error> = self.word.into_deserializer();
        Ok((seed.deserialize(word)?, self))
    }
}

impl<'de> VariantAccess<'de> for ByWord<'de> {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        Ok(())
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, Error> {
        seed.deserialize(&mut serde_json::Deserializer::from_slice(self.text))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, Error> {
        Err(Error::custom("members have names")) // not for people
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        serde_json::Deserializer::from_slice(self.text).deserialize_map(visitor)
    }
}
